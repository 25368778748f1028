// SPDX-License-Identifier: GPL-2.0-or-later
//
// An independent peer for chatd: a terminal on libiptux-core, the protocol engine of iptux.
//
//   iptux_peer NICK ENCODING
//
// It prints, a line each: "online ADDRESS NICK", "offline ADDRESS", "message ADDRESS TEXT",
// "offered ADDRESS file|folder SIZE NAME" (which it fetches into the present folder at once), then
// "received NAME" or "broken NAME", and "sent" or "broken". It takes on standard input: "msg ADDRESS TEXT",
// "offer ADDRESS PATH" (a file or folder), "list" (answered by "pal ADDRESS NICK ENCODING" lines and
// "end"), "quit".
#include <iptux-core/CoreThread.h>

#include <arpa/inet.h>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <sys/stat.h>
#include <vector>

namespace {

std::mutex output;
iptux::CoreThread *engine; // of this process
std::vector<std::unique_ptr<iptux::FileInfo>> wanted; // its threads point to them

void print(const std::string &line)
{
    std::lock_guard<std::mutex> lock(output);
    std::cout << line << std::endl;
}

std::string address_of(in_addr address)
{
    char text[INET_ADDRSTRLEN];
    return inet_ntop(AF_INET, &address, text, sizeof text);
}

// How a transfer of this process ended.
void show_end(int task, const std::string &well)
{
    auto state = engine->GetTransTaskStat(task);
    if (state) { // it does not know the path of what it sends
        const std::string &path = state->getFilePath();
        print((state->getStatus() == "tip-finish" ? well : "broken") +
              (path.empty() ? "" : " " + path.substr(path.find_last_of('/') + 1)));
    }
}

void fetch(const iptux::FileInfo &offered)
{
    auto file = std::make_unique<iptux::FileInfo>(offered);
    std::string name = file->filepath;
    name = name.substr(name.find_last_of('/') + 1);
    char *folder = realpath(".", nullptr);
    print("offered " + address_of(file->fileown->ipv4) +
          (file->fileattr == iptux::FileAttr::DIRECTORY ? " folder " : " file ") +
          std::to_string(file->filesize) + " " + name);
    free(file->filepath);
    file->filepath = strdup((std::string(folder) + "/" + name).c_str());
    free(folder);
    engine->RecvFileAsync(file.get());
    wanted.push_back(std::move(file));
}

void offer(const std::shared_ptr<iptux::PalInfo> &pal, const std::string &path)
{
    static uint32_t next = 10000; // lower ones are those of shared files
    struct stat status;
    if (stat(path.c_str(), &status) != 0) {
        print("missing " + path);
        return;
    }
    auto file = std::make_shared<iptux::FileInfo>();
    file->fileid = next++;
    file->fileattr =
        S_ISDIR(status.st_mode) ? iptux::FileAttr::DIRECTORY : iptux::FileAttr::REGULAR;
    file->filesize = status.st_size;
    file->fileown = pal;
    file->filepath = strdup(path.c_str());
    file->filectime = static_cast<uint32_t>(status.st_ctime);
    engine->AddPrivateFile(file);
    engine->BcstFileInfoEntry({pal.get()}, {file.get()});
}

void show(const std::shared_ptr<const iptux::Event> &event)
{
    switch (event->getType()) {
    case iptux::EventType::NEW_PAL_ONLINE: {
        auto pal = std::dynamic_pointer_cast<const iptux::NewPalOnlineEvent>(event)->getPalInfo();
        print("online " + address_of(pal->ipv4) + " " + pal->getName());
        break;
    }
    case iptux::EventType::PAL_OFFLINE: {
        auto gone = std::dynamic_pointer_cast<const iptux::PalOfflineEvent>(event);
        print("offline " + gone->GetPalKey().GetIpv4String());
        break;
    }
    case iptux::EventType::NEW_MESSAGE: {
        auto message = std::dynamic_pointer_cast<const iptux::NewMessageEvent>(event);
        const auto &content = message->getMsgPara();
        std::string text;
        for (const auto &part : content.dtlist) {
            text += part.data;
        }
        print("message " + address_of(content.getPal()->ipv4) + " " + text);
        break;
    }
    case iptux::EventType::NEW_SHARE_FILE_FROM_FRIEND:
        fetch(std::dynamic_pointer_cast<const iptux::NewShareFileFromFriendEvent>(event)
                  ->GetFileInfo());
        break;
    case iptux::EventType::RECV_FILE_FINISHED:
        show_end(std::dynamic_pointer_cast<const iptux::RecvFileFinishedEvent>(event)->GetTaskId(),
                 "received");
        break;
    case iptux::EventType::SEND_FILE_FINISHED:
        show_end(std::dynamic_pointer_cast<const iptux::SendFileFinishedEvent>(event)->GetTaskId(),
                 "sent");
        break;
    default:
        break;
    }
}

void obey(iptux::CoreThread &core, const std::string &line)
{
    std::istringstream words(line);
    std::string verb, address, text;
    words >> verb;
    if (verb == "list") {
        core.Lock();
        for (const auto &pal : core.GetPalList()) {
            print("pal " + address_of(pal->ipv4) + " " + pal->getName() + " " + pal->getEncode());
        }
        core.Unlock();
        print("end");
    } else if (verb == "msg") {
        words >> address >> std::ws;
        std::getline(words, text);
        auto pal = core.GetPal(address);
        if (!pal) {
            print("unknown " + address);
        } else if (!core.SendMessage(iptux::CPPalInfo(pal), text)) {
            print("unsent " + address);
        }
    } else if (verb == "offer") {
        words >> address >> std::ws;
        std::getline(words, text);
        auto pal = core.GetPal(address);
        if (pal) {
            offer(pal, text);
        } else {
            print("unknown " + address);
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::cerr << "usage: iptux_peer NICK ENCODING\n";
        return 2;
    }
    auto data = std::make_shared<iptux::ProgramData>(iptux::IptuxConfig::newFromString("{}"));
    data->nickname = argv[1];
    data->encode = argv[2];
    iptux::CoreThread core(data);
    engine = &core;
    core.signalEvent.connect(&show);
    core.start();
    print("ready");
    std::string line;
    while (std::getline(std::cin, line) && line != "quit") {
        obey(core, line);
    }
    core.stop();
    return 0;
}

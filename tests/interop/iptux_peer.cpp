// SPDX-License-Identifier: GPL-2.0-or-later
//
// An independent peer for chatd: a terminal on libiptux-core, the protocol engine of iptux.
//
//   iptux_peer NICK ENCODING
//
// It prints, a line each: "online ADDRESS NICK", "offline ADDRESS", "message ADDRESS TEXT". It takes
// on standard input: "msg ADDRESS TEXT", "list" (answered by "pal ADDRESS NICK ENCODING" lines and
// "end"), "quit".
#include <iptux-core/CoreThread.h>

#include <arpa/inet.h>
#include <iostream>
#include <mutex>
#include <sstream>

namespace {

std::mutex output;

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

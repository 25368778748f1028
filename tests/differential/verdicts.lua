-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which packets each display filter takes, all filters in one run of tshark:
--
--     FEISCOPE_FILTERS=FILE tshark -q -X lua_script:verdicts.lua -r CAPTURE
--
-- FILE has one filter a line. For each a line is printed: its number, a tab, and either the numbers
-- of the packets, or "refused".
local verdicts = {}

for filter in io.lines(os.getenv("FEISCOPE_FILTERS")) do
    local packets = {}
    local accepted, tap = pcall(Listener.new, nil, filter)
    if accepted then
        function tap.packet(info)
            packets[#packets + 1] = info.number
        end
    end
    verdicts[#verdicts + 1] = accepted and packets or "refused"
end

-- tshark calls draw once, when it has read the whole capture.
local last = Listener.new("frame")

function last.packet()
end

function last.draw()
    for number, packets in ipairs(verdicts) do
        print(number .. "\t" .. (packets == "refused" and packets or table.concat(packets, " ")))
    end
end

# Chooses, among the files of an archive, those that continue a base backup to the newest timeline.
#
# Input: lines "history <name> <number> <segment>" for each line of a timeline's history, then
# "file <name>" for each file. Variables: start, the last WAL file inside the base backup. Output:
# names of files to restore, in order; then "timeline <number>", the one they lead to; then "end
# <segment>", or "gap <segment> <number of files after it>" where one is missing.

function number(text,   i, n) {
    n = 0
    for (i = 1; i <= length(text); i++)
        n = n * 16 + index("0123456789ABCDEF", substr(text, i, 1)) - 1
    return n
}

function segment(name) {
    return number(substr(name, 9, 8)) * 256 + number(substr(name, 17, 8))
}

# The position "16/B374D848" is in the segment that its upper bytes number.
function segment_at(position,   parts, low) {
    split(position, parts, "/")
    low = parts[2]
    while (length(low) < 8)
        low = "0" low
    return number(parts[1]) * 256 + number(substr(low, 1, 2))
}

$1 == "history" {
    # Timeline $2 descends from timeline $3, which it left at $4.
    left[number($2), $3] = segment_at($4)
    known[number($2)] = 1
}

$1 == "file" {
    name = $2
    if (name ~ /^[0-9A-F]+\.gz$/ && length(name) == 27)
        whole[number(substr(name, 1, 8)), segment(name)] = name
    else if (name ~ /^[0-9A-F]+\.partial\.gz$/)
        part[number(substr(name, 1, 8)), segment(name)] = name
    else
        next
    if (segment(name) > newest)
        newest = segment(name)
}

END {
    origin = number(substr(start, 1, 8))
    at = segment(start)
    # The newest timeline that has left ours, and not before the backup.
    target = origin
    for (line in known)
        if (line + 0 > target && (line SUBSEP origin) in left && left[line, origin] >= at)
            target = line + 0
    for (;; at++) {
        # Newer timelines first: where one has begun, its file holds the older one's share too.
        found = ""
        for (line = target; line >= origin && found == ""; line--)
            if (line == target || (target SUBSEP line) in left && left[target, line] >= at)
                if ((line SUBSEP at) in whole)
                    found = whole[line, at]
        for (line = target; line >= origin && found == ""; line--)
            if (line == target || (target SUBSEP line) in left && left[target, line] >= at)
                if ((line SUBSEP at) in part)
                    found = part[line, at]
        if (found == "")
            break
        print found
    }
    print "timeline", target
    if (at <= newest)
        print "gap", at, newest - at + 1
    else
        print "end", at - 1
}

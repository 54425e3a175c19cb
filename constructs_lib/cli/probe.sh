#!/bin/sh
# Asks what FILE lists, one question a line, and prints a line for each answer:
#
#   ok NAME | bad NAME: WHY
#
# A question is KIND HOST PORT [PATH]:
#
#   name      HOST resolves
#   tcp       and somebody accepts a connection on PORT
#   http      and PATH is answered with success, or leads elsewhere
#   redis     and a Redis answers PING; its password is in the file /passwords/HOST
#   postgres  and a PostgreSQL accepts connections
#
# Each is asked until the answer is good, TRIES times at most and a second apart: network policies
# take a moment. Ends with 1 where an answer stayed bad.
set -u
file=$1 tries=${TRIES:-10} passwords=${PASSWORDS:-/passwords}

# ask KIND HOST PORT PATH: what is wrong; nothing where the answer is good.
ask() {
    if ! getent hosts "$2" >/dev/null 2>&1; then
        echo "the name does not resolve"
        return
    fi
    case $1 in
    tcp)
        # Not every nc knows -z. One that got a connection ends with it, or by timeout.
        timeout 4 nc -w 2 "$2" "$3" </dev/null >/dev/null 2>&1
        case $? in
        0 | 124 | 143) ;;
        *) echo "no connection to port $3" ;;
        esac
        ;;
    http)
        said=$(timeout 4 wget -q -O /dev/null "http://$2:$3$4" 2>&1) ||
            echo "GET $4 on port $3: ${said:-no answer}" | tail -n 1
        ;;
    redis)
        password=$(cat "$passwords/$2" 2>/dev/null)
        said=$(REDISCLI_AUTH=$password timeout 3 redis-cli -h "$2" -p "$3" PING 2>&1)
        case $said in
        *PONG*) ;;
        *) echo "PING on port $3: ${said:-no answer}" | tail -n 1 ;;
        esac
        ;;
    postgres)
        said=$(pg_isready -t 3 -h "$2" -p "$3" 2>&1) || echo "pg_isready: ${said##* - }"
        ;;
    esac
}

bad=0
while read -r kind host port path; do
    try=1
    while why=$(ask "$kind" "$host" "$port" "$path") && [ -n "$why" ] && [ "$try" -lt "$tries" ]; do
        try=$((try + 1))
        sleep 1
    done
    asked="$host${port:+:$port} $kind"
    if [ -z "$why" ]; then
        echo "ok $asked"
    else
        echo "bad $asked: $why"
        bad=1
    fi
done <"$file"
exit "$bad"

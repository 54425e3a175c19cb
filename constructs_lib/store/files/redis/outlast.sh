#!/bin/sh
# Before a Sentinel stops: waits until this pod's server is no master, since handing over takes
# Sentinels, and then until enough of the others name the next one. One that has not heard of it yet
# may take two seconds, and until then this Sentinel is one of those that clients are led by.
#
#   OUTLAST_SECONDS   how long the server may take
#   LINGER_SECONDS    how long the others may take
#   QUORUM            how many of them are enough
set -eu
. "${0%/*}/ask.sh"
. "${0%/*}/survey.sh"

# wait_while SECONDS COMMAND...: returns when the command fails, or the time is over.
wait_while() {
    ends=$(($(date +%s) + $1))
    shift
    while [ "$(date +%s)" -lt "$ends" ] && "$@"; do
        sleep 0.2
    done
}

is_master() {
    [ "$(role_of 127.0.0.1)" = master ]
}

unknown() {
    known=0
    for member in $(others); do
        view=$(view_of "$member")
        case ${view%% *} in
        '' | "$HOST") ;;
        *) known=$((known + 1)) ;;
        esac
    done
    [ "$known" -lt "$QUORUM" ]
}

is_master || exit 0
wait_while "$OUTLAST_SECONDS" is_master
wait_while "$LINGER_SECONDS" unknown

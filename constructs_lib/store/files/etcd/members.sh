# shellcheck shell=sh
# How members are asked, through their gateway for HTTP. The other scripts source this.
#
#   ETCD_CACERT, ETCD_CERT, ETCD_KEY   files, where connections are encrypted

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

# post SECONDS URL BODY: what the gateway answers.
post() {
    curl --silent --show-error --fail --max-time "$1" --data "$3" \
        ${ETCD_CACERT:+--cacert "$ETCD_CACERT"} \
        ${ETCD_CERT:+--cert "$ETCD_CERT" --key "$ETCD_KEY"} "$2"
}

# field NAME: a number of the answer on the standard input.
field() {
    sed -n "s/.*\"$1\": *\"\([0-9]*\)\".*/\1/p"
}

# leader MEMBER: its status, and its word in it for who leads; or a failure.
leader() {
    status=$(post 10 "$1/v3/maintenance/status" '{}') || {
        say "FAILED: $1 does not answer"
        return 1
    }
    named=$(printf '%s\n' "$status" | field leader)
    if [ -z "$named" ] || [ "$named" = 0 ]; then
        say "FAILED: $1 knows no leader"
        return 1
    fi
}

# shellcheck shell=sh
# Who the master is, as far as the others know. Scripts source this after ask.sh.
#
#   HOST      the pod's own name
#   MEMBERS   names of all pods, the first of which is the master at the very beginning

# others: names of all pods but this one. A pod's own answers prove nothing to it.
others() {
    for member in $MEMBERS; do
        [ "$member" = "$HOST" ] || echo "$member"
    done
}

# recall: sets `named` and `epoch` to what this pod's Sentinel knew when it last ran.
recall() {
    named=${MEMBERS%% *} epoch=0
    [ -e "$DATA/conf/sentinel.conf" ] || return 0
    while read -r _ word name value _; do
        case $word/$name in
        "monitor/$MASTER_SET") named=$value ;;
        "config-epoch/$MASTER_SET") epoch=$value ;;
        esac
    done <"$DATA/conf/sentinel.conf"
}

# survey: asks every other Sentinel. Of all choices the latest counts, as it does among Sentinels.
# Sets `named`, `epoch`, `heard` (how many have answered), `unsettled` (whether one of them takes the
# master for lost, or is about to replace it) and `missed` (whether one of them soon will).
# shellcheck disable=SC2034
survey() {
    recall
    heard=0 unsettled='' missed=''
    for member in $(others); do
        view=$(view_of "$member")
        [ -n "$view" ] || continue
        heard=$((heard + 1))
        said=${view%% *} rest=${view#* }
        case ${rest#* } in
        unsettled) unsettled=1 ;;
        missed) missed=1 ;;
        esac
        if [ "${rest%% *}" -gt "$epoch" ]; then
            named=$said epoch=${rest%% *}
        fi
    done
}

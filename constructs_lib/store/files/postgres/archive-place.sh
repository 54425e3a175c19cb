# shellcheck shell=sh
# shellcheck disable=SC2154  # place.sh sets tmp
# WAL where backups lie: wal/<system identifier>/<file>.gz below BACKUP_ROOT, in addition to what
# place.sh says. The other archive scripts source this, after that.

# list_wal SYSTEM: names of files, sorted.
list_wal() {
    if [ "$BACKUP_PLACE" = volume ]; then
        mkdir -p "$BACKUP_ROOT/wal/$1"
        ls "$BACKUP_ROOT/wal/$1" >"$tmp/wal"
    else
        remote_list lsf --files-only "$BACKUP_ROOT/wal/$1" >"$tmp/wal"
    fi
    sort "$tmp/wal"
}

# System identifiers that there is WAL of.
list_systems() {
    if [ "$BACKUP_PLACE" = volume ]; then
        for folder in "$BACKUP_ROOT"/wal/*/; do
            [ ! -d "$folder" ] || basename "$folder"
        done >"$tmp/systems"
    else
        remote_list lsf --dirs-only "$BACKUP_ROOT/wal" >"$tmp/systems"
    fi
    sed 's|/$||' "$tmp/systems" | sort
}

# put_wal FILE SYSTEM NAME: FILE goes there, whole or not at all.
put_wal() {
    if [ "$BACKUP_PLACE" = volume ]; then
        mkdir -p "$BACKUP_ROOT/wal/$2"
        cp "$1" "$BACKUP_ROOT/wal/.$3"
        mv "$BACKUP_ROOT/wal/.$3" "$BACKUP_ROOT/wal/$2/$3"
    else
        remote copyto "$1" "$BACKUP_ROOT/wal/$2/$3"
    fi
}

# get_wal SYSTEM LIST FOLDER: FOLDER shows the files named in LIST.
get_wal() {
    mkdir -p "$3"
    if [ "$BACKUP_PLACE" = volume ]; then
        while read -r name; do
            ln -s "$BACKUP_ROOT/wal/$1/$name" "$3/$name"
        done <"$2"
    else
        remote copy --files-from "$2" "$BACKUP_ROOT/wal/$1" "$3"
    fi
}

# remove_wal SYSTEM LIST: the files named in LIST go.
remove_wal() {
    [ -s "$2" ] || return 0
    if [ "$BACKUP_PLACE" = volume ]; then
        while read -r name; do
            rm -f "$BACKUP_ROOT/wal/$1/${name:?}"
        done <"$2"
    else
        remote delete --files-from "$2" "$BACKUP_ROOT/wal/$1"
    fi
}

# wal_position NAME: system identifier, first and last WAL file of the base backup NAME.
wal_position() {
    if [ "$BACKUP_PLACE" = volume ]; then
        cat "$BACKUP_ROOT/backups/$1/wal-position"
    else
        remote cat "$BACKUP_ROOT/backups/$1/wal-position"
    fi
}

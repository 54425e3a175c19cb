# shellcheck shell=sh
# Where backups lie: a folder of a volume, or a prefix of a bucket. The other scripts source this.
#
#   BACKUP_PLACE  "volume" or "s3"
#   BACKUP_ROOT   the folder; or remote, bucket and prefix as rclone writes them (s3:bucket/prefix)
#
# A backup is a folder backups/<UTC time>/ below that. Its file SHA256SUMS comes last, and a folder
# without one is no backup: a bucket knows no rename, and a pod may be gone at any moment.

tmp=${TMPDIR:-/tmp}

say() {
    printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

fail() {
    say "FAILED: $*" >&2
    exit 1
}

case $BACKUP_PLACE in
volume | s3) ;;
*) fail "BACKUP_PLACE is '$BACKUP_PLACE', and has to be volume or s3" ;;
esac

# rclone, configured by its environment alone.
remote() {
    rclone --config '' "$@"
}

# As `remote`, for a listing: a bucket knows no empty folders, so one that is missing holds nothing.
remote_list() {
    if ! remote "$@" 2>"$tmp/listing"; then
        grep -q 'directory not found' "$tmp/listing" || fail "$(cat "$tmp/listing")"
    fi
}

# Names of complete backups, oldest first.
list_backups() {
    if [ "$BACKUP_PLACE" = volume ]; then
        for sums in "$BACKUP_ROOT"/backups/*/SHA256SUMS; do
            [ ! -f "$sums" ] || printf '%s\n' "$sums"
        done >"$tmp/backups"
    else
        remote_list lsf -R --files-only --include '/*/SHA256SUMS' "$BACKUP_ROOT/backups" \
            >"$tmp/backups"
    fi
    sed -e 's|/SHA256SUMS$||' -e 's|.*/||' "$tmp/backups" | sort
}

# put_backup FOLDER NAME: the files of FOLDER become the backup NAME.
put_backup() {
    if [ "$BACKUP_PLACE" = volume ]; then
        mkdir -p "$BACKUP_ROOT/backups"
        # The data before the name: a node may lose its power in between.
        sync
        mv "$1" "$BACKUP_ROOT/backups/$2"
        sync
    else
        remote copy --exclude /SHA256SUMS "$1" "$BACKUP_ROOT/backups/$2"
        remote check --quiet --one-way --exclude /SHA256SUMS "$1" "$BACKUP_ROOT/backups/$2"
        remote copyto "$1/SHA256SUMS" "$BACKUP_ROOT/backups/$2/SHA256SUMS"
        rm -rf "$1"
    fi
}

# get_backup NAME FOLDER: FOLDER, which does not exist yet, shows the files of the backup NAME.
get_backup() {
    if [ "$BACKUP_PLACE" = volume ]; then
        ln -s "$BACKUP_ROOT/backups/$1" "$2"
    else
        remote copy "$BACKUP_ROOT/backups/$1" "$2"
    fi
}

# show_file NAME FILE: what a file of the backup NAME says; nothing where it has none of that name.
show_file() {
    if [ "$BACKUP_PLACE" = volume ]; then
        [ ! -e "$BACKUP_ROOT/backups/$1/$2" ] || cat "$BACKUP_ROOT/backups/$1/$2"
    else
        remote_list lsf --files-only "$BACKUP_ROOT/backups/$1" >"$tmp/shown"
        ! grep -qxF "$2" "$tmp/shown" || remote cat "$BACKUP_ROOT/backups/$1/$2"
    fi
}

# remove_backup NAME: it stops being a backup first, so that half of one is never taken for one.
# Callers ask whether that went well, so no failure ends it by itself.
remove_backup() {
    if [ "$BACKUP_PLACE" = volume ]; then
        rm -f "$BACKUP_ROOT/backups/$1/SHA256SUMS" &&
            rm -rf "$BACKUP_ROOT/backups/${1:?}"
    else
        remote delete --include /SHA256SUMS "$BACKUP_ROOT/backups/$1" &&
            remote purge "$BACKUP_ROOT/backups/$1"
    fi
}

# Names of folders that are no backups: of a run that was stopped while it copied or removed one.
list_remains() {
    list_backups >"$tmp/complete"
    if [ "$BACKUP_PLACE" = volume ]; then
        for folder in "$BACKUP_ROOT"/backups/*/; do
            [ ! -d "$folder" ] || basename "$folder"
        done >"$tmp/folders"
    else
        remote_list lsf --dirs-only "$BACKUP_ROOT/backups" >"$tmp/folders"
    fi
    sed 's|/$||' "$tmp/folders" | grep -vxF -f "$tmp/complete" || :
}

# name_before SECONDS: the name that a backup has that was published so long ago.
name_before() {
    date -u -d "@$(($(date +%s) - $1))" +%Y%m%dT%H%M%SZ
}

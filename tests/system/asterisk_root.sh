#!/bin/sh
# Makes the folder that the phone tests run Asterisk 22 in: Debian sid, minimal; what is whole already is kept.
# Needs root and debootstrap. usage: tests/system/asterisk_root.sh <folder>
# then: JIAJIA_TEST_ASTERISK=<folder> pytest tests/system/phone
set -eu
folder=${1:?usage: asterisk_root.sh <folder>}
[ -e "$folder/complete" ] && exit 0
rm -rf "$folder"
mkdir -p "$folder"
debootstrap --variant=minbase --include=asterisk,asterisk-modules,ca-certificates sid "$folder"
touch "$folder/complete"

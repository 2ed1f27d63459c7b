#!/bin/sh
# Makes the folder that the phone tests run Asterisk 22 in: Debian sid, minimal. Needs root and debootstrap.
# usage: tests/system/asterisk_root.sh <folder>    then: JIAJIA_TEST_ASTERISK=<folder> pytest tests/system/test_phone.py
set -eu
folder=${1:?usage: asterisk_root.sh <folder>}
[ -x "$folder/usr/sbin/asterisk" ] && exit 0
debootstrap --variant=minbase --include=asterisk,asterisk-modules,ca-certificates sid "$folder"

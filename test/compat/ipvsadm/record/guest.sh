#!/bin/sh
# usage: unshare --net sh guest.sh STEPS OUT
# Runs the command lines of STEPS/lines (a number, a blank, the line), each with STEPS/N.in as its input, in the network of the recordings; leaves OUT/N.out, N.err and N.rc. Needs a kernel with ip_vs.
steps=$1 out=$2
mkdir -p "$out"
sysctl -qw net.ipv4.ip_forward=1
ip link add dc0 type veth peer name cl0
ip link add dr0 type veth peer name rs0
for device in lo dc0 dr0 cl0 rs0; do ip link set $device up; done
ip address add 10.0.0.1/24 dev dc0
ip address add 192.168.1.1/24 dev dr0
ip address add 2001:db8:1::1/64 dev dc0 nodad
ip address add fd00:1::1/64 dev dr0 nodad
for net in 10.0.0.4/30 10.0.0.8/29 10.0.0.16/28 10.0.0.32/27 10.0.0.64/26 172.16.0.0/16; do ip route add local $net dev lo; done
for net in 2001:db8:1::100/120 2001:db8:99::/48; do ip -6 route add local $net dev lo; done
ip route add default via 10.0.0.2
ip -6 route add default via 2001:db8:1::2
set -f
cd "$steps" && while IFS= read -r line; do
  n=${line%% *}
  input=/dev/null
  [ -e $n.in ] && input=$n.in
  ${line#* } < $input > "$out/$n.out" 2> "$out/$n.err"
  echo $? > "$out/$n.rc"
done < lines

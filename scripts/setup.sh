#!/bin/sh
# Install what the project needs and nothing that is there already. Idempotent; quick when there is nothing to do.
#
#   setup.sh run    what the demo needs (default)
#   setup.sh test   the same, and what the tests need on top: the compiler that rebuilds the BPF object, an FTP server and client
#
# Sources: Debian packages and the npm registry, nothing else.
set -eu
cd "$(dirname "$0")/.."
began=$(date +%s)

what=${1:-run}
case "$what" in
  run | test) ;;
  *) echo "setup: unknown argument \"$what\", wanted \"run\" or \"test\"" >&2; exit 2 ;;
esac

# package:a file that it brings
runtime_packages="iproute2:/usr/sbin/ip util-linux:/usr/bin/nsenter libbpf1:/usr/lib/*/libbpf.so.1 nftables:/usr/sbin/nft keepalived:/usr/sbin/keepalived nats-server:/usr/sbin/nats-server netbase:/etc/services"
test_packages="clang-19:/usr/bin/clang-19 llvm-19:/usr/bin/llvm-objcopy-19 libbpf-dev:/usr/include/bpf/bpf_helpers.h linux-libc-dev:/usr/include/linux/bpf.h vsftpd:/usr/sbin/vsftpd lftp:/usr/bin/lftp ethtool:/usr/sbin/ethtool"

wanted=$runtime_packages
[ "$what" = test ] && wanted="$wanted $test_packages"

# Names of the wanted packages that are not there, each behind a blank.
missing_packages() {
  for entry in $wanted; do
    # shellcheck disable=SC2086 # the path is a pattern
    set -- ${entry#*:}
    [ -e "$1" ] || printf ' %s' "${entry%%:*}"
  done
}
missing=$(missing_packages)

# The stamp holds the lock file that node_modules was made from.
stamp=node_modules/.tandem-setup
npm_stale=no
cmp -s package-lock.json "$stamp" || npm_stale=yes

if [ -n "$missing" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "setup: missing Debian packages:$missing" >&2
    echo "setup: would run as root: apt-get install -y --no-install-recommends$missing" >&2
    [ "$npm_stale" = yes ] && echo "setup: would then run: npm install --no-save" >&2
    echo "setup: run this command as root, or install them and try again" >&2
    exit 2
  fi
  echo "setup: installing Debian packages:$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || echo "setup: cannot update the lists of Debian packages, going on with those that are here" >&2
  # The services that these packages bring are not started: the lab and the operator start their own.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  # shellcheck disable=SC2086 # one word per package
  apt-get install -y -qq --no-install-recommends $missing > /dev/null || true # what is missing afterwards says more
  still_missing=$(missing_packages)
  if [ -n "$still_missing" ]; then
    echo "setup: cannot install Debian packages:$still_missing; wanted Debian 12 with its main archive, or their files in place" >&2
    exit 2
  fi
fi

if [ "$npm_stale" = yes ]; then
  echo "setup: installing npm packages (Node 26 among them)"
  npm install --no-save --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi
if [ -n "$missing" ] || [ "$npm_stale" = yes ]; then
  echo "setup: ready after $(($(date +%s) - began)) s"
fi

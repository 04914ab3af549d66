# Installs what a checkout needs on Debian 12 or Ubuntu 24.04 and says what and why. To be sourced:
#
#   . packaging/prerequisites.sh
#   tandem_prerequisites [product] [lab] [test] [browser] || exit $?
#
# Without arguments all groups. With everything in place it only looks and needs no root. Fails with 77 (needs
# root) or 69 (something is missing and cannot be got); one line on standard error names the next step.

# group:program:package:why
_tandem_packages='
product:openvpn:openvpn:the VPN server and client
product:ssh:openssh-client:the link between the two nodes
product:sshd:openssh-server:the link between the two nodes
product:nft:nftables:forwarding and address translation of VPN traffic
product:ip:iproute2:addresses, routes and namespaces
product:conntrack:conntrack:forgetting connections that live on the other node
product:conntrackd:conntrackd:connections inside the tunnel survive a takeover
product:sysctl:procps:kernel settings and process lists
product:libatomic.so.1:libatomic1:a library that Node needs
lab:ping:iputils-ping:measuring reachability
lab:fping:fping:measuring it many times a second without taking a processor
lab:nsenter:util-linux:namespaces, the hosts of the lab
lab:curl:curl:asking the nodes of the lab
test:openssl:openssl:looking at certificates as others see them
test:keepalived:keepalived:the peer that the heartbeat is tested against
test:ucarp:ucarp:the CARP peer that the heartbeat is tested against
test:vtysh:frr:the VRRP router that the heartbeat is tested against
test:tshark:tshark:dissecting our packets independently
lab:arping:arping:asking who owns an address
test:sudo:sudo:pairing as a user who is not root
test:tcpdump:tcpdump:recording packets
test:rsync:rsync:what people copy databases with today
browser:chromium:chromium:the browser that walks through the pages
browser:fc-match:fontconfig:letters for the browser
'

tandem_prerequisites() {
  local root status
  root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
  # Subshells, so that the traps and options in here do not touch the caller's.
  (_tandem_debian_packages "$@") || { status=$?; return "$status"; }
  (_tandem_node_packages "$root") || { status=$?; return "$status"; }
  case " ${*:-product} " in
    *' product '* | *' browser '*) (_tandem_pages "$root") || { status=$?; return "$status"; } ;;
  esac
}

_tandem_say() { printf '%s\n' "$*"; }
_tandem_fail() { # STATUS MESSAGE NEXT-STEP
  printf 'prerequisites: %s; %s\n' "$2" "$3" >&2
  exit "$1"
}

# Whether a program or a library is there.
_tandem_has() {
  local directory
  for directory in ${PATH//:/ } /usr/local/sbin /usr/sbin /sbin /usr/lib/*-linux-gnu* /usr/lib64; do
    if [[ -e $directory/$1 ]]; then return 0; fi
  done
  return 1
}

_tandem_debian_packages() {
  set +eu
  local groups=" ${*:-product lab test browser} " group program package why missing=() reasons=()
  while IFS=: read -r group program package why; do
    [[ -n $group && $groups == *" $group "* ]] || continue
    _tandem_has "$program" && continue
    [[ " ${missing[*]} " == *" $package "* ]] && continue
    missing+=("$package")
    reasons+=("$package ($why)")
  done <<<"$_tandem_packages"
  if ! _tandem_has npm; then
    missing+=(ca-certificates nodejs npm)
    reasons+=('nodejs and npm (only to fetch the current Node and the packages beside the sources)')
  fi
  ((${#missing[@]})) || exit 0

  if ! _tandem_has apt-get; then
    _tandem_fail 69 "This is not Debian or Ubuntu, and these are missing: ${missing[*]}" \
      'install what they are called here, then try again'
  fi
  if ((EUID != 0)); then
    _tandem_fail 77 "Missing packages: ${missing[*]}" "run it with sudo, or: sudo apt-get install ${missing[*]}"
  fi
  _tandem_say 'Installing Debian packages:'
  printf '  %s\n' "${reasons[@]}"
  _tandem_apt "${missing[@]}"
}

# Installs packages without starting, now or at the next boot, the daemons that come with them.
_tandem_apt() {
  local log policy=/usr/sbin/policy-rc.d saved=/usr/sbin/policy-rc.d.before-tandem unit
  log=$(mktemp /tmp/tandem-prerequisites.XXXXXX)
  # shellcheck disable=SC2064
  trap "rm -f '$policy'; [[ ! -e '$saved' ]] || mv '$saved' '$policy'" EXIT
  trap 'exit 130' INT TERM HUP
  # A run that was killed has left its own policy; what stood there before it lies beside it.
  if [[ -e $policy ]] && ! grep -q 'Tandem' "$policy"; then mv "$policy" "$saved"; fi
  printf '#!/bin/sh\n# Tandem installs packages: daemons must not start.\nexit 101\n' >"$policy"
  chmod 755 "$policy"

  export DEBIAN_FRONTEND=noninteractive
  local quiet=(-o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Acquire::Retries=2 -qq)
  _tandem_say '  reading the package lists'
  # `update` may succeed without a list: whether a package can be had is what counts.
  apt-get "${quiet[@]}" update >"$log" 2>&1
  if ! apt-get "${quiet[@]}" --simulate --no-install-recommends install "$@" >>"$log" 2>&1; then
    _tandem_fail 69 "apt-get cannot find or reach the packages ($(grep -m1 -E '^(E|Err)' "$log"))" \
      "check the network and /etc/apt/sources.list, then try again (log: $log)"
  fi
  apt-get "${quiet[@]/-qq/-q}" --yes --no-install-recommends install "$@" 2>&1 </dev/null |
    tee -a "$log" | sed -un 's/^\(Get:[0-9]* \|Setting up \)\(.*\)/  \1\2/p'
  if ((PIPESTATUS[0] != 0)); then
    _tandem_fail 69 "apt-get failed ($(grep -m1 '^E' "$log"))" "see $log, then try again"
  fi
  if [[ -x /usr/bin/systemctl ]]; then
    for unit in ssh.service ssh.socket keepalived.service frr.service conntrackd.service; do
      case " $* $unit" in
        *' openssh-server '*ssh.* | *' keepalived '*keepalived.* | *' frr '*frr.* | *' conntrackd '*conntrackd.*) systemctl -q disable "$unit" >>"$log" 2>&1 ;;
      esac
    done
  fi
  rm -f "$log"
}

_tandem_node_works() {
  [[ $("$1/node_modules/.bin/node" --version 2>/dev/null) == v2[4-9].* ]]
}

# The npm packages of the lock file, among them the Node that runs everything. A stamp in node_modules says
# which lock file they were installed from.
_tandem_node_packages() {
  set +eu
  local root=$1 stamp=$1/node_modules/.tandem-installed wanted log
  exec 9<"$root/package-lock.json"
  flock 9
  wanted=$(sha256sum <"$root/package-lock.json")
  if _tandem_node_works "$root"; then
    [[ -e $stamp && $(<"$stamp") == "$wanted" ]] && exit 0
    # Somebody ran npm by hand, after the lock file had changed last.
    if [[ ! -e $stamp && $root/node_modules/.package-lock.json -nt $root/package-lock.json ]]; then
      echo "$wanted" >"$stamp" 2>/dev/null
      exit 0
    fi
  fi
  if [[ ! -w $root ]]; then _tandem_fail 77 "$root/node_modules must be installed" 'run it with sudo'; fi

  _tandem_say 'Installing npm packages of package-lock.json into node_modules (half a minute or so)'
  log=$(mktemp /tmp/tandem-prerequisites.XXXXXX)
  cd "$root" || exit 69
  # No package's script is run but one: npm versions differ in which they allow, and nothing else needs its own.
  if ! npm ci --ignore-scripts --no-progress >"$log" 2>&1 9<&-; then
    # npm 11 wants every platform's packages in the lock file, also where the registry does not have them.
    if ! grep -q EUSAGE "$log" || ! npm install --no-save --ignore-scripts --no-progress >>"$log" 2>&1 9<&-; then
      _tandem_fail 69 "npm failed ($(grep -m1 -E 'npm (ERR!|error) (code|network|errno)' "$log"))" \
        "check the network, then try again (log: $log)"
    fi
  fi
  if ! _tandem_node_works "$root"; then
    _tandem_say '  fetching Node'
    (cd node_modules/node && node installArchSpecificPackage.js) >>"$log" 2>&1 9<&-
    mkdir -p node_modules/.bin
    ln -sfn ../node/bin/node node_modules/.bin/node
  fi
  if ! _tandem_node_works "$root"; then
    node_modules/.bin/node --version >>"$log" 2>&1
    _tandem_fail 69 "The npm package node brought no Node that runs ($(tail -n 1 "$log"))" \
      "repair that, then try again (log: $log)"
  fi
  echo "$wanted" >"$stamp"
  _tandem_say "  Node $(node_modules/.bin/node --version) and $(find node_modules -maxdepth 2 -name package.json | wc -l) packages"
  rm -f "$log"
}

# The built pages in web/dist, when a source is newer than they are. A running node sees the old ones or the new, whole.
_tandem_pages() {
  set +eu
  local root=$1 log
  cd "$root" || exit 69
  exec 9<package-lock.json
  flock 9
  if [[ -e web/dist/index.html ]] &&
    [[ -z $(find web/src web/public web/index.html web/vite.config.ts package-lock.json -newer web/dist/index.html -print -quit) ]]; then
    exit 0
  fi
  if [[ ! -w web ]]; then _tandem_fail 77 "$root/web/dist must be built" 'run it with sudo'; fi
  _tandem_say 'Building the pages into web/dist (a few seconds)'
  log=$(mktemp /tmp/tandem-prerequisites.XXXXXX)
  if ! node_modules/.bin/node node_modules/vite/bin/vite.js build web --outDir dist.new --emptyOutDir >"$log" 2>&1 9<&-; then
    _tandem_fail 69 "vite could not build the pages ($(grep -m1 -i error "$log"))" "see $log, then try again"
  fi
  rm -rf web/dist && mv web/dist.new web/dist
  rm -f "$log"
}

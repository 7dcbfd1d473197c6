#!/bin/sh
# Boots systemd as the first process of the namespaces that it was started in, on a copy of this machine's file system:
# whatever it writes is in memory, and gone when it ends. $1: an empty folder.
set -e
root="$1/root"
mount -t tmpfs scratch "$1"
mkdir "$root" "$1/upper" "$1/work"
mount -t overlay scratch -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs shm "$root/dev/shm"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
ip link set lo up
# Nothing that this machine starts, and none of its settings for it, belong to the scratch machine.
rm -rf "$root"/etc/systemd/system/*
for unit in systemd-sysctl systemd-modules-load systemd-remount-fs; do # they would change the machine itself
  ln -s /dev/null "$root/etc/systemd/system/$unit.service"
done
: >"$root/etc/machine-id"
cd "$root"
mkdir -p "$root/old"
pivot_root . old
umount -l /old
exec env -i container=scratch PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 /lib/systemd/systemd --unit=basic.target

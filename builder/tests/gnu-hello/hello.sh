# Configures, compiles, tests and installs GNU hello.
set -e
export PATH=$toolchain/usr/bin:$PWD/bin SHELL=$toolchain/usr/bin/bash CONFIG_SHELL=$toolchain/usr/bin/bash
"$busybox/busybox" mkdir -p bin
"$busybox/busybox" --install -s bin
"$toolchain/usr/bin/tar" -xzf "$source"/hello_*.orig.tar.gz
cd hello-*/
bash ./configure --prefix="$out" --disable-dependency-tracking --disable-nls
make SHELL="$SHELL"
make SHELL="$SHELL" install
"$out/bin/hello"
rm -rf "$out/share"

# Unpacks Debian packages into $out, and makes their programs run from there.
set -e
"$busybox/busybox" mkdir -p bin
"$busybox/busybox" --install -s bin
export PATH=$PWD/bin

mkdir -p "$out/usr/bin" "$out/usr/lib" "$out/usr/lib64" "$out/usr/sbin"
for name in bin lib lib64 sbin; do ln -s "usr/$name" "$out/$name"; done
for deb in "$debs"/*.deb; do
  mkdir unpacked
  (cd unpacked && ar x "$deb" && tar -xJf data.tar.xz -C "$out")
  rm -rf unpacked
done

libs=$out/usr/lib/x86_64-linux-gnu
loader=$libs/ld-linux-x86-64.so.2
ln -sf "$loader" "$out/usr/lib64/ld-linux-x86-64.so.2"
# Programs of the packages run by the loader until they are patched.
patchelf() { "$loader" --library-path "$libs" "$out/usr/bin/.patchelf" "$@"; }
mv "$out/usr/bin/patchelf" "$out/usr/bin/.patchelf"

isElf() { [ "$(head -c 4 "$1" | tail -c 3)" = ELF ]; }
find "$out/usr/bin" "$out/usr/lib/gcc" -type f -perm -100 ! -name '*.so*' ! -name .patchelf | while read -r file; do
  isElf "$file" || continue
  chmod u+w "$file"
  patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libs" "$file" || echo "left alone: $file"
done

# The linker's scripts name libraries by paths of the machine's root.
find "$libs" -maxdepth 1 -name '*.so' -type f | while read -r file; do
  isElf "$file" || sed -i "s# /lib/# $out/lib/#g; s# /usr/lib/# $out/usr/lib/#g; s# /lib64/# $out/lib64/#g" "$file"
done

mv "$out/usr/bin/x86_64-linux-gnu-gcc-12" "$out/usr/bin/.gcc-12"
for name in gcc cc gcc-12 x86_64-linux-gnu-gcc-12; do rm -f "$out/usr/bin/$name"; done
cat >"$out/usr/bin/gcc" <<END
#! $out/usr/bin/bash
exec -a x86_64-linux-gnu-gcc-12 $out/usr/bin/.gcc-12 -B$out/usr/lib/gcc/x86_64-linux-gnu/12/ -B$libs/ -B$out/usr/bin/ -nostdinc \
  -isystem $out/usr/lib/gcc/x86_64-linux-gnu/12/include -isystem $out/usr/include/x86_64-linux-gnu -isystem $out/usr/include \
  -L$libs -L$out/usr/lib/gcc/x86_64-linux-gnu/12 -Wl,--dynamic-linker=$loader -Wl,-rpath=$libs -Wl,-rpath-link=$libs "\$@"
END
chmod +x "$out/usr/bin/gcc"
ln -s gcc "$out/usr/bin/cc"
rm -rf "$out/usr/share/doc" "$out/usr/share/man" "$out/usr/share/info" "$out/usr/share/locale"

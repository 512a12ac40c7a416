// What this machine is called in Nix: `x86_64-linux`.
const architectures: Record<string, string> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  arm: 'armv7l',
  ppc64: 'powerpc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loongarch64',
};

export const currentSystem = () => `${architectures[process.arch] ?? process.arch}-${process.platform}`;

# A small machine: a boot loader, a disk, a user, a server to log in to.
{ nixpkgs }:
let
  machine = { ... }: {
    boot.loader.grub.device = "/dev/sda";
    fileSystems."/" = { device = "/dev/disk/by-label/root"; fsType = "ext4"; };
    services.openssh.enable = true;
    networking.hostName = "bench";
    users.users.someone.isNormalUser = true;
    system.stateVersion = "26.05";
  };
in
(import (/. + nixpkgs + "/nixos") { configuration = machine; system = "x86_64-linux"; }).config.system.build.toplevel.drvPath

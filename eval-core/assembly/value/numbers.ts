export function formatFloatG(x: f64, dst: usize): u32 {
  store<u8>(dst, 0x3f);
  return 1;
}

/** How often each thunk of the source was forced, for the host. */
import { bufByte, bufI64, bufReset } from '../heap/text';
import { Counted, countNext, countedKey, countedTimes } from '../vm/counting';
import { TEXT, textNext } from './text';

/** `[[code, times], …]` */
export function forceCountsText(): void {
  bufReset(TEXT);
  bufByte(TEXT, 0x5b);
  let n: u32 = 0;
  for (let i = countNext(Counted.Forces, 0); i >= 0; i = countNext(Counted.Forces, i + 1)) {
    textNext(n++);
    bufByte(TEXT, 0x5b);
    bufI64(TEXT, <i64>countedKey(Counted.Forces, i));
    bufByte(TEXT, 0x2c);
    bufI64(TEXT, <i64>countedTimes(Counted.Forces, i));
    bufByte(TEXT, 0x5d);
  }
  bufByte(TEXT, 0x5d);
}

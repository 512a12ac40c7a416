/** The environment that a body of code makes for itself. */
import { Op } from '../gen/opcodes';
import { permAlloc } from '../heap/pages';
import { NumberSetting, settingNumber } from '../settings';
import { ST_COMPILE } from '../heap/state';
import { Range, emit, here, patchWord, rangeAdd } from './emit';
import { FR_BODY, FR_SLOTS, frameNew, frameNumber, scopeRecord } from './scope';

const BODY: usize = ST_COMPILE + 80; // number of the body being compiled
const OPENED: usize = ST_COMPILE + 128;

/** Begins the next body of code. */
export function nextBody(): void {
  store<u32>(BODY, load<u32>(BODY) + 1);
}

export function currentBody(): u32 {
  return load<u32>(BODY);
}

/**
 * Makes sure that the innermost environment belongs to this body, so that it can be given more slots. Returns the address of the NewEnv
 * instruction + 1 where one was needed, or 0; the frame is `openedFrame()`.
 */
export function openFrame(frame: usize): u32 {
  if (frame && load<u32>(frame, FR_BODY) == load<u32>(BODY)) {
    store<u32>(OPENED, <u32>frame);
    return 0;
  }
  const at = here();
  emit(Op.NewEnv, 0);
  store<u32>(OPENED, <u32>frameNew(frame, load<u32>(BODY)));
  return at + 1;
}

export function openedFrame(): usize {
  return <usize>load<u32>(OPENED);
}

export function closeFrame(opened: u32, frame: usize, tail: bool): void {
  if (!opened) return;
  patchWord(opened - 1, (<u32>Op.NewEnv) | (load<u32>(frame, FR_SLOTS) << 8));
  if (!tail) emit(Op.PopEnv, 0);
}

/** For the debugger: what is in scope in the code since `start`. Ranges inside of it have been marked before. */
export function markScope(start: u32, scope: usize, frame: usize): void {
  if (!settingNumber(NumberSetting.Debugger)) return;
  const place = permAlloc(8);
  store<u32>(place, <u32>scopeRecord(scope));
  store<u32>(place, frameNumber(frame), 4);
  rangeAdd(start, <u32>place, Range.Scope);
}

import koffi from 'koffi';
import { must } from './libc.ts';

/** What a frame must hold: at `offset` one of `values`, as a number of `size` bytes in network order. */
export interface Condition {
  readonly size: 1 | 2 | 4;
  readonly offset: number;
  readonly values: readonly number[];
}

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const INSTRUCTION_LENGTH = 8;
const LOAD = { 4: 0x20, 2: 0x28, 1: 0x30 } as const;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const WHOLE_FRAME = 0x40000;

/**
 * Lets the kernel drop every frame that does not hold all of `conditions`, before this process is woken for it
 * (classic BPF, packet(7) and the kernel's Documentation/networking/filter.rst).
 */
export function attachFilter(fd: number, conditions: readonly Condition[]): void {
  const program = compile(conditions);
  const length = program.length * INSTRUCTION_LENGTH;
  const instructions = koffi.alloc('uint8_t', length);
  try {
    const view = new DataView(koffi.view(instructions, length));
    program.forEach(([code, jumpTrue, jumpFalse, operand], index) => {
      const at = index * INSTRUCTION_LENGTH;
      view.setUint16(at, code, true);
      view.setUint8(at + 2, jumpTrue);
      view.setUint8(at + 3, jumpFalse);
      view.setUint32(at + 4, operand >>> 0, true);
    });
    // struct sock_fprog: the number of instructions, padding, a pointer to them.
    const header = new Uint8Array(16);
    const headerView = new DataView(header.buffer);
    headerView.setUint16(0, program.length, true);
    headerView.setBigUint64(8, koffi.address(instructions), true);
    must('setsockopt', 'filter packets', fd, SOL_SOCKET, SO_ATTACH_FILTER, header, header.length);
  } finally {
    koffi.free(instructions);
  }
}

type Instruction = readonly [code: number, jumpTrue: number, jumpFalse: number, operand: number];

function compile(conditions: readonly Condition[]): readonly Instruction[] {
  const program: Instruction[] = [];
  for (const { size, offset, values } of conditions) {
    program.push([LOAD[size], 0, 0, offset]);
    // On a match over the rest of the values and the return that follows them.
    values.forEach((value, index) => {
      program.push([JUMP_IF_EQUAL, values.length - index, 0, value]);
    });
    program.push([RETURN, 0, 0, 0]);
  }
  return [...program, [RETURN, 0, 0, WHOLE_FRAME]];
}

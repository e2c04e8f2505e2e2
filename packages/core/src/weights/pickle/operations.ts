import type { PickleMachine } from './pickle-machine.js';
import type { PickleReader } from './pickle-reader.js';
import type { PickleValue } from './pickle-value.js';

type Operation = (machine: PickleMachine) => void;

/** Highest pickle protocol. */
const maxProtocol = 5;

/** The operations that push a value which they hold themselves, by code. */
export const literals: ReadonlyMap<number, (reader: PickleReader) => PickleValue> = new Map<
  number,
  (reader: PickleReader) => PickleValue
>([
  // NONE, NEWTRUE, NEWFALSE
  [0x4e, () => null],
  [0x88, () => true],
  [0x89, () => false],
  // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
  [0x4a, (reader) => reader.int()],
  [0x4b, (reader) => reader.byte()],
  [0x4d, (reader) => reader.short()],
  [0x8a, (reader) => reader.integer(reader.byte())],
  [0x8b, (reader) => reader.integer(reader.length())],
  [0x47, (reader) => reader.double()],
  // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8; and Python 2's BINSTRING, SHORT_BINSTRING
  [0x58, (reader) => reader.text(reader.length())],
  [0x8c, (reader) => reader.text(reader.byte())],
  [0x8d, (reader) => reader.text(reader.longLength())],
  [0x54, (reader) => reader.text(reader.length())],
  [0x55, (reader) => reader.text(reader.byte())],
  // EMPTY_TUPLE, EMPTY_LIST, EMPTY_DICT
  [0x29, () => []],
  [0x5d, () => []],
  [0x7d, () => new Map()],
]);

/** All other operations that `torch.save` makes use of, by code. */
export const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  // PROTO; FRAME, whose length is of no use where all is in memory; STOP
  [0x80, expectProtocol],
  [0x95, ({ reader }) => void reader.longLength()],
  [0x2e, (machine) => void (machine.result = { value: machine.pop() })],
  // MARK, POP, POP_MARK, DUP
  [
    0x28,
    (machine) => {
      machine.mark();
    },
  ],
  [0x30, (machine) => void machine.pop()],
  [0x31, (machine) => void machine.popMark()],
  [
    0x32,
    (machine) => {
      machine.pushAgain(machine.top());
    },
  ],
  // TUPLE1, TUPLE2, TUPLE3, TUPLE
  [
    0x85,
    (machine) => {
      machine.push(machine.popMany(1));
    },
  ],
  [
    0x86,
    (machine) => {
      machine.push(machine.popMany(2));
    },
  ],
  [
    0x87,
    (machine) => {
      machine.push(machine.popMany(3));
    },
  ],
  [
    0x74,
    (machine) => {
      machine.push(machine.popMark());
    },
  ],
  // APPEND, APPENDS, SETITEM, SETITEMS
  [0x61, append],
  [0x65, appendAll],
  [
    0x73,
    (machine) => {
      setItems(machine, machine.popMany(2));
    },
  ],
  [
    0x75,
    (machine) => {
      setItems(machine, machine.popMark());
    },
  ],
  // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
  [
    0x71,
    (machine) => {
      machine.remember(machine.reader.byte());
    },
  ],
  [
    0x72,
    (machine) => {
      machine.remember(machine.reader.length());
    },
  ],
  [
    0x94,
    (machine) => {
      machine.rememberNext();
    },
  ],
  [
    0x68,
    (machine) => {
      machine.recall(machine.reader.byte());
    },
  ],
  [
    0x6a,
    (machine) => {
      machine.recall(machine.reader.length());
    },
  ],
  // GLOBAL, STACK_GLOBAL, REDUCE, BUILD, BINPERSID
  [
    0x63,
    (machine) => {
      machine.pushGlobal(machine.reader.line(), machine.reader.line());
    },
  ],
  [0x93, pushGlobalOfStack],
  [
    0x52,
    (machine) => {
      machine.reduce();
    },
  ],
  [0x62, build],
  [
    0x51,
    (machine) => {
      machine.resolvePersistent();
    },
  ],
]);

function expectProtocol({ reader }: PickleMachine): void {
  const protocol = reader.byte();
  if (protocol <= maxProtocol) return;
  throw reader.error(`pickle protocol ${String(protocol)} is unknown`);
}

function append(machine: PickleMachine): void {
  const item = machine.pop();
  machine.topList().push(item);
}

function appendAll(machine: PickleMachine): void {
  const items = machine.popMark();
  const list = machine.topList();
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
  if (items.length % 2 !== 0) throw machine.reader.error('a key has no value');
  const map = machine.topMap();
  for (let i = 0; i < items.length; i += 2) {
    map.set(items[i] as PickleValue, items[i + 1] as PickleValue);
  }
}

function pushGlobalOfStack(machine: PickleMachine): void {
  const name = machine.popText();
  machine.pushGlobal(machine.popText(), name);
}

/** The attributes that PyTorch gives to the `OrderedDict` of a state dict (`_metadata`) say nothing of weights. */
function build(machine: PickleMachine): void {
  machine.pop();
  machine.topMap();
}

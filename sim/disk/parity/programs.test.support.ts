// Generated bodies: sequences of calls over few names and few descriptors.

import fc from 'fast-check'
import type { Attempt, Fs } from './attempt.test.support.js'

const NAMES = ['a', 'b', 'c', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'a/x', 'd/', 'd/../a', '.'] as const
const FLAGS = ['r', 'r+', 'w', 'w+', 'wx', 'a', 'a+', 'ax+', 'as'] as const
const SLOTS = 3

/** What a program has: its folder, and slots for descriptors. */
interface State {
  readonly fs: Fs
  readonly folder: string
  readonly descriptors: (number | undefined)[]
}

export interface Command {
  readonly name: string
  run(state: State): unknown
}

const name = fc.constantFrom(...NAMES)
const slot = fc.nat(SLOTS - 1)
const size = fc.oneof(fc.nat(20), fc.nat(1500))
const position = fc.oneof(fc.constant(null), fc.nat(20), fc.nat(1500))
const data = fc.tuple(fc.constantFrom('x', 'y', '0123456789'), fc.oneof(fc.nat(3), fc.nat(120))).map(([text, times]) => text.repeat(times))

/** A call on an open descriptor; on none if the slot is empty, for a number that is closed could be another's. */
function onSlot(text: string, index: number, use: (fs: Fs, fd: number) => unknown): Command {
  return {
    name: `${text} [${index}]`,
    run({ fs, descriptors }) {
      const fd = descriptors[index]
      return fd === undefined ? 'closed' : use(fs, fd)
    },
  }
}

function onName(text: string, name: string, use: (fs: Fs, path: string) => unknown): Command {
  return { name: `${text} ${name}`, run: ({ fs, folder }) => use(fs, `${folder}/${name}`) }
}

function onNames(text: string, from: string, to: string, use: (fs: Fs, from: string, to: string) => unknown): Command {
  return { name: `${text} ${from} ${to}`, run: ({ fs, folder }) => use(fs, `${folder}/${from}`, `${folder}/${to}`) }
}

const opening = fc.tuple(name, fc.constantFrom(...FLAGS), slot).map(
  ([name, flags, index]): Command => ({
    name: `open ${name} ${flags} [${index}]`,
    run({ fs, folder, descriptors }) {
      const fd = fs.openSync(`${folder}/${name}`, flags)
      const before = descriptors[index]
      descriptors[index] = fd
      if (before !== undefined) fs.closeSync(before)
    },
  }),
)

const closing = slot.map(
  (index): Command => ({
    name: `close [${index}]`,
    run({ fs, descriptors }) {
      const fd = descriptors[index]
      descriptors[index] = undefined
      return fd === undefined ? 'closed' : fs.closeSync(fd)
    },
  }),
)

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: opening },
  { weight: 2, arbitrary: closing },
  {
    weight: 6,
    arbitrary: fc
      .tuple(slot, data, position)
      .map(([index, text, at]) => onSlot(`write ${text.length} at ${at}`, index, (fs, fd) => fs.writeSync(fd, text, at))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(slot, data, data, position)
      .map(([index, first, second, at]) =>
        onSlot(`writev at ${at}`, index, (fs, fd) => fs.writevSync(fd, [Buffer.from(first), Buffer.from(second)], at ?? undefined)),
      ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(slot, size, position).map(([index, length, at]) =>
      onSlot(`read ${length} at ${at}`, index, (fs, fd) => {
        const bytes = Buffer.alloc(length + 1)
        return [fs.readSync(fd, bytes, 0, length, at), bytes]
      }),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(slot, size).map(([index, length]) => onSlot(`ftruncate ${length}`, index, (fs, fd) => fs.ftruncateSync(fd, length))) },
  { weight: 1, arbitrary: slot.map((index) => onSlot('fsync', index, (fs, fd) => fs.fsyncSync(fd))) },
  { weight: 1, arbitrary: slot.map((index) => onSlot('fdatasync', index, (fs, fd) => fs.fdatasyncSync(fd))) },
  { weight: 2, arbitrary: slot.map((index) => onSlot('fstat', index, (fs, fd) => fs.fstatSync(fd))) },
  { weight: 2, arbitrary: slot.map((index) => onSlot('readFile', index, (fs, fd) => fs.readFileSync(fd))) },
  { weight: 1, arbitrary: slot.map((index) => onSlot('readFile text', index, (fs, fd) => fs.readFileSync(fd, 'utf8'))) },
  { weight: 2, arbitrary: fc.tuple(slot, data).map(([index, text]) => onSlot('appendFile', index, (fs, fd) => fs.appendFileSync(fd, text))) },
  { weight: 4, arbitrary: fc.tuple(name, data).map(([name, text]) => onName('writeFile', name, (fs, path) => fs.writeFileSync(path, text))) },
  { weight: 2, arbitrary: fc.tuple(name, data).map(([name, text]) => onName('appendFile', name, (fs, path) => fs.appendFileSync(path, Buffer.from(text)))) },
  { weight: 3, arbitrary: name.map((name) => onName('readFile', name, (fs, path) => fs.readFileSync(path))) },
  { weight: 2, arbitrary: fc.tuple(name, size).map(([name, length]) => onName(`truncate ${length}`, name, (fs, path) => fs.truncateSync(path, length))) },
  { weight: 3, arbitrary: name.map((name) => onName('unlink', name, (fs, path) => fs.unlinkSync(path))) },
  { weight: 4, arbitrary: name.map((name) => onName('mkdir', name, (fs, path) => fs.mkdirSync(path))) },
  { weight: 2, arbitrary: name.map((name) => onName('mkdir -p', name, (fs, path) => fs.mkdirSync(path, { recursive: true }))) },
  { weight: 2, arbitrary: name.map((name) => onName('rmdir', name, (fs, path) => fs.rmdirSync(path))) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        name.filter((name) => name !== '.'),
        fc.boolean(),
        fc.boolean(),
      )
      .map(([name, recursive, force]) => onName(`rm ${recursive} ${force}`, name, (fs, path) => fs.rmSync(path, { recursive, force }))),
  },
  { weight: 8, arbitrary: fc.tuple(name, name).map(([from, to]) => onNames('rename', from, to, (fs, from, to) => fs.renameSync(from, to))) },
  { weight: 3, arbitrary: fc.tuple(name, name).map(([from, to]) => onNames('copyFile', from, to, (fs, from, to) => fs.copyFileSync(from, to))) },
  { weight: 2, arbitrary: name.map((name) => onName('readdir', name, (fs, path) => fs.readdirSync(path, { withFileTypes: true }))) },
  { weight: 2, arbitrary: name.map((name) => onName('stat', name, (fs, path) => fs.statSync(path))) },
  { weight: 1, arbitrary: name.map((name) => onName('exists', name, (fs, path) => fs.existsSync(path))) },
)

export const programs: fc.Arbitrary<readonly Command[]> = fc.array(command, { minLength: 1, maxLength: 40, size: 'max' })

export function runProgram(commands: readonly Command[], fs: Fs, folder: string, attempt: Attempt): void {
  const descriptors: (number | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  for (const { name, run } of commands) attempt(name, () => run({ fs, folder, descriptors }))
  for (const fd of descriptors) if (fd !== undefined) fs.closeSync(fd)
}

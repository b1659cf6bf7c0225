import test from 'ava'
import type { FileOperation } from '../disk/file-operation.js'
import { OutsideWorldError } from '../host.js'
import * as kinds from '../operation.js'
import { createFakeHost, createFakeOperations, during, type FakeHost } from './fake-host.test.support.js'
import { createStandIns } from './stand-ins.js'

type Fs = typeof import('node:fs')

const operations = createFakeOperations()
const standIns = createStandIns(operations)
const fs = standIns.builtin('node:fs') as Fs

/** The system calls that the twin of a call makes, with what each is done to; the operations are done when they are asked for. */
function stepsOf(host: FakeHost, call: (fs: Fs) => unknown, args: unknown[]): { steps: string[]; result: unknown; operations: FileOperation[] } {
  const made: FileOperation[] = []
  host.fileStep = (operation) => {
    made.push(operation)
    return Symbol('pending')
  }
  return during(host, () => {
    const running = (operations.twinOf(call(fs)) as (...args: unknown[]) => Generator).call(undefined, ...args)
    let next = running.next()
    while (next.done !== true) {
      try {
        next = running.next(made.at(-1)?.perform(undefined))
      } catch (error) {
        next = running.throw(error)
      }
    }
    return {
      steps: made.map(({ name, path, operands }) => [name, path, operands].filter((text) => text !== '').join(' ')),
      result: next.value,
      operations: made,
    }
  })
}

test('fs: without an execution it is the real one', (t) => {
  t.true(fs.readdirSync('/').length > 0)
  t.false(fs.existsSync('/tmp/heddle-no-such-file'))
  const real = process.getBuiltinModule('node:fs')
  t.is(fs.constants, real.constants)
  t.deepEqual([fs.Stats, fs.Dirent], [real.Stats, real.Dirent])
  t.is(standIns.builtin('fs'), fs as unknown)
})

test('fs: an execution sees the virtual disk and not the real one', (t) => {
  during(createFakeHost(), () => {
    t.false(fs.existsSync('/bin/sh'))
    fs.writeFileSync('/tmp/heddle-no-such-file', 'abc')
    t.true(fs.existsSync('/tmp/heddle-no-such-file'))
  })
  t.false(fs.existsSync('/tmp/heddle-no-such-file'))
})

test('fs: in code that is not stepped, operations are reported one by one', (t) => {
  const host = createFakeHost()
  during(host, () => fs.writeFileSync('/tmp/f', 'abc'))
  t.deepEqual(host.calls, ['fileInsideOneStep open /tmp/f', 'fileInsideOneStep write /tmp/f', 'fileInsideOneStep close /tmp/f'])
})

test('fs: set-up and checks do operations at once, in twins too', (t) => {
  for (const phase of ['setup', 'check'] as const) {
    const host = createFakeHost(phase)
    const { steps } = stepsOf(host, (fs) => fs.writeFileSync, ['/tmp/f', 'abc'])
    t.deepEqual(steps, [])
    t.is(host.calls.length, 3)
  }
})

test('fs: a call on a whole file takes the steps of its system calls', (t) => {
  const host = createFakeHost()
  t.deepEqual(stepsOf(host, (fs) => fs.writeFileSync, ['/tmp/f', 'abcdef']).steps, [
    'open /tmp/f write, create, truncate',
    'write /tmp/f 6 bytes',
    'close /tmp/f',
  ])
  t.deepEqual(stepsOf(host, (fs) => fs.writeFileSync, ['/tmp/f', Buffer.from('abcdef'), { flush: true }]).steps, [
    'open /tmp/f write, create, truncate',
    'write /tmp/f 6 bytes',
    'fsync /tmp/f',
    'close /tmp/f',
  ])
  t.deepEqual(stepsOf(host, (fs) => fs.appendFileSync, ['/tmp/f', 'g']).steps, ['open /tmp/f write, append, create', 'write /tmp/f 1 byte', 'close /tmp/f'])
  t.deepEqual(
    stepsOf(host, (fs) => fs.readFileSync, ['/tmp/f']),
    {
      ...stepsOf(host, (fs) => fs.readFileSync, ['/tmp/f']),
      steps: ['open /tmp/f read', 'fstat /tmp/f', 'read /tmp/f 7 bytes', 'close /tmp/f'],
      result: Buffer.from('abcdefg'),
    },
  )
  // Text is read up to its end, which only a read that gives nothing shows.
  t.deepEqual(stepsOf(host, (fs) => fs.readFileSync, ['/tmp/f', 'utf8']).steps, [
    'open /tmp/f read',
    'read /tmp/f 8192 bytes',
    'read /tmp/f 8192 bytes',
    'close /tmp/f',
  ])
  t.deepEqual(stepsOf(host, (fs) => fs.truncateSync, ['/tmp/f', 2]).steps, ['open /tmp/f read, write', 'ftruncate /tmp/f to 2', 'close /tmp/f'])
  t.deepEqual(stepsOf(host, (fs) => fs.copyFileSync, ['/tmp/f', '/tmp/g']).steps, [
    'open /tmp/f read',
    'fstat /tmp/f',
    'open /tmp/g write, create',
    'fstat /tmp/g',
    'ftruncate /tmp/g to 0',
    'read /tmp/f 2 bytes',
    'write /tmp/g 2 bytes',
    'close /tmp/g',
    'close /tmp/f',
  ])
})

test('fs: so do calls on trees of directories', (t) => {
  const host = createFakeHost()
  t.deepEqual(stepsOf(host, (fs) => fs.mkdirSync, ['/tmp/a/b', { recursive: true }]).steps, ['mkdir /tmp/a/b', 'mkdir /tmp/a', 'mkdir /tmp/a/b'])
  t.deepEqual(stepsOf(host, (fs) => fs.rmSync, ['/tmp/a', { recursive: true, force: true }]).steps, [
    'lstat /tmp/a',
    'rmdir /tmp/a',
    'scandir /tmp/a',
    'lstat /tmp/a/b',
    'rmdir /tmp/a/b',
    'rmdir /tmp/a',
  ])
})

test('fs: operations say what kind they are, what they are done to, and what may befall them', (t) => {
  const host = createFakeHost()
  const one = (call: (fs: Fs) => unknown, ...args: unknown[]) => stepsOf(host, call, args).operations[0] as FileOperation
  const open = one((fs) => fs.openSync, '/tmp/a', 'w+')
  t.like(open, { kind: kinds.FILE_OPEN, name: 'open', path: '/tmp/a', pathNumber: 0, faults: ['EIO', 'ENOSPC'] })
  t.like(
    one((fs) => fs.writeSync, 20, 'abc', 5),
    { kind: kinds.FILE_WRITE, path: '/tmp/a', pathNumber: 0, operands: '3 bytes at 5', faults: ['EIO', 'ENOSPC', 'short'] },
  )
  t.like(
    one((fs) => fs.readSync, 20, Buffer.alloc(3)),
    { kind: kinds.FILE_READ, faults: ['EIO', 'short'] },
  )
  t.like(
    one((fs) => fs.fsyncSync, 20),
    { kind: kinds.FILE_SYNC, name: 'fsync', faults: ['EIO'] },
  )
  t.like(
    one((fs) => fs.ftruncateSync, 20, 1),
    { kind: kinds.FILE_SIZE, operands: 'to 1' },
  )
  t.like(
    one((fs) => fs.renameSync, '/tmp/a', '/tmp/b'),
    { kind: kinds.FILE_NAME, operands: '→ /tmp/b', pathNumber: 0 },
  )
  t.like(
    one((fs) => fs.statSync, '/tmp/b'),
    { kind: kinds.FILE_LOOK, pathNumber: 1, faults: [] },
  )
  t.like(
    one((fs) => fs.openSync, '/tmp/b', 'r'),
    { faults: ['EIO'] },
  )
})

test('fs: the digest of a read tells contents apart, and is the same for the same', (t) => {
  const digests = ['abc', 'abd', 'abc', 'ab'].map((contents) => {
    const host = createFakeHost()
    during(host, () => fs.writeFileSync('/tmp/f', contents))
    const { operations, result } = stepsOf(host, (fs) => fs.readFileSync, ['/tmp/f'])
    t.is(String(result), contents)
    const read = operations.find(({ name }) => name === 'read') as FileOperation
    return read.digest(contents.length)
  })
  t.is(digests[0], digests[2])
  t.is(new Set(digests).size, 3)
})

test('fs: an error has the stack of the call in a twin', (t) => {
  const error = t.throws(function caller() {
    stepsOf(createFakeHost(), (fs) => fs.openSync, ['/tmp/none', 'r'])
  })
  t.regex(error.stack as string, /caller/)
  t.notRegex(error.stack as string, /system-call/)
})

test('fs: what is not modelled is refused by name', (t) => {
  const refusals: Record<string, () => unknown> = {
    'fs.openSync with flags 0o40000': () => fs.openSync('/tmp/f', fs.constants.O_DIRECT),
    'fs.readdirSync with recursive': () => fs.readdirSync('/tmp', { recursive: true }),
    'fs.rmdirSync with recursive': () => fs.rmdirSync('/tmp/e', { recursive: true } as object),
    'fs.rmSync with maxRetries': () => fs.rmSync('/tmp/e', { maxRetries: 2 }),
    'fs.copyFileSync with COPYFILE_FICLONE_FORCE': () => fs.copyFileSync('/tmp/a', '/tmp/b', fs.constants.COPYFILE_FICLONE_FORCE),
    'fs.writeSync on descriptor 1': () => fs.writeSync(1, 'x'),
    'fs with a path that is not UTF-8': () => fs.existsSync(Buffer.from([0x2f, 0xff])),
    'fs.symlinkSync': () => fs.symlinkSync('/tmp/a', '/tmp/b'),
    'fs.watch': () => fs.watch('/tmp'),
    'fs.open': () => fs.open('/tmp/f', () => {}),
    'fs.createReadStream': () => fs.createReadStream('/tmp/f'),
    'fs.promises.readFile': () => fs.promises.readFile('/tmp/f'),
    'fs.realpathSync': () => fs.realpathSync('/tmp'),
  }
  for (const [call, act] of Object.entries(refusals)) {
    const error = t.throws(() => during(createFakeHost(), act), { instanceOf: OutsideWorldError }, call)
    t.is(error?.call, call)
  }
})

test('fs: names of temporary directories are seeded', (t) => {
  const make = () => during(createFakeHost(), () => [fs.mkdtempSync('/tmp/x-'), fs.mkdtempSync('/tmp/x-')])
  t.deepEqual(make(), make())
  t.is(new Set(make()).size, 2)
})

// Where the words of a manager lie, and what attach refuses: section 3 of the specification.

import test from 'ava'
import { BadLayoutError, SharedManager } from './public.js'
import { setUp, writeWord } from './qsbr.test.kit.js'

test('qsbr layout: a manager is 64 bytes, with magic, version, options and the word where the specification has them', (t) => {
  t.is(SharedManager.byteLength(), 64)
  const buffer = new SharedArrayBuffer(192)
  const manager = SharedManager.init(buffer, 64, { executorCapacity: 5, epochMsMin: 7 })
  t.is(manager.buffer, buffer)
  t.is(manager.byteOffset, 64)
  const words = [...new Uint32Array(buffer)]
  t.deepEqual(words.slice(16, 32), [0x31525351, 1, 5, 7, ...Array(12).fill(0)])
  t.is(new TextDecoder().decode(new Uint8Array(buffer).slice(64, 68)), 'QSR1')
  t.deepEqual(words.slice(0, 16), Array(16).fill(0))
  t.deepEqual(words.slice(32), Array(16).fill(0))
})

test('qsbr layout: the word has pending in bits 0 to 15, registered in 16 to 31, the epoch above', (t) => {
  const { buffer, locals } = setUp(3)
  const halves = new Uint32Array(buffer, 16, 2)
  t.deepEqual([...halves], [0x0007_0007, 0])
  locals[1]?.maybePassEpoch(1e12)
  t.deepEqual([...halves], [0x0007_0005, 0])
  locals[0]?.maybePassEpoch(1e12)
  locals[2]?.maybePassEpoch(1e12)
  t.deepEqual([...halves], [0x0007_0007, 1])
})

test('qsbr layout: the highest executor id is bit 15', (t) => {
  const buffer = new SharedArrayBuffer(64)
  const manager = SharedManager.init(buffer, 0)
  manager.registerNewExecutor(15)
  t.deepEqual([...new Uint32Array(buffer, 16, 2)], [0x8000_8000, 0])
  t.deepEqual(manager.inspect().registered, [15])
  manager.localManager().deregister()
  t.deepEqual([...new Uint32Array(buffer, 16, 2)], [0, 1])
})

test('qsbr layout: default options are 16 executors and 10 ms', (t) => {
  const { buffer } = SharedManager.create()
  t.deepEqual([...new Uint32Array(buffer, 8, 2)], [16, 10])
})

test('qsbr layout: init wants zeroed memory that is aligned and inside', (t) => {
  const buffer = new SharedArrayBuffer(128)
  t.throws(() => SharedManager.init(buffer, 8), { instanceOf: BadLayoutError, code: 'BAD_LAYOUT', message: /multiple of 64/ })
  t.throws(() => SharedManager.init(buffer, -64), { instanceOf: BadLayoutError })
  t.throws(() => SharedManager.init(buffer, 128), { instanceOf: BadLayoutError, message: /at least 192 bytes/ })
  t.deepEqual([...new Uint8Array(buffer)], Array(128).fill(0))
  SharedManager.init(buffer, 0)
  t.throws(() => SharedManager.init(buffer, 0), { instanceOf: BadLayoutError, message: /a qsbr manager that is already formatted/ })
})

test('qsbr layout: attach checks magic, version and every figure, and writes nothing', (t) => {
  const refused = (index: number, value: number, message: RegExp) => {
    const buffer = new SharedArrayBuffer(64)
    SharedManager.init(buffer, 0)
    const words = new Int32Array(buffer)
    words[index] = value
    const before = [...words]
    t.throws(() => SharedManager.attach(buffer, 0), { instanceOf: BadLayoutError, message })
    t.deepEqual([...words], before)
  }
  refused(0, 0, /magic/)
  refused(0, 0x31505356, /magic/)
  refused(1, 2, /version/)
  refused(2, 0, /executor capacity of 1 to 16/)
  refused(2, 17, /executor capacity of 1 to 16/)
  refused(3, -1, /epochMsMin of 0 to 60000/)
  refused(3, 60_001, /epochMsMin of 0 to 60000/)
  t.throws(() => SharedManager.attach(new SharedArrayBuffer(32), 0), { instanceOf: BadLayoutError })
})

test('qsbr layout: sets that no sequence of operations leads to stop every operation', (t) => {
  const { buffer, host, locals } = setUp(2)
  const code = 'CORRUPT_STATE'
  writeWord(buffer, 0, [0], [0, 1])
  t.throws(() => locals[0]?.maybePassEpoch(1e12), { code })
  t.throws(() => host.currentEpoch(), { code })
  writeWord(buffer, 0, [0, 1], [])
  t.throws(() => locals[0]?.temporaryDeregister(), { code })
  t.throws(() => host.registerNewExecutor(5), { code })
  writeWord(buffer, 2, [0, 1], [0, 1])
  t.throws(() => locals[0]?.maybePassEpoch(1e12), { code, message: /to be pending if and only if/ })
  t.deepEqual(host.inspect().pending, [0, 1])
})

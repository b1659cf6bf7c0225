import test from 'ava'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import { createSharedArrayBuffer } from './shared-array-buffer.js'

test('shared-array-buffer: in an execution it comes from the pool, outside it is fresh', (t) => {
  const operations = createFakeOperations()
  const Pooled = createSharedArrayBuffer(operations)
  t.is(new Pooled(8).byteLength, 8)
  t.deepEqual(operations.calls, [])
  const buffer = during(createFakeHost('setup'), () => new Pooled(16))
  t.is(buffer.byteLength, 16)
  t.is(buffer.constructor, SharedArrayBuffer)
  t.deepEqual(Reflect.ownKeys(buffer), [])
  t.deepEqual(operations.calls, ['takeBuffer 16'])
})

test('shared-array-buffer: what the pool cannot give is the real thing', (t) => {
  const operations = createFakeOperations()
  const Pooled = createSharedArrayBuffer(operations)
  during(createFakeHost(), () => {
    t.is(new (Pooled as never as new (n: number, o: object) => SharedArrayBuffer & { maxByteLength: number })(8, { maxByteLength: 16 }).maxByteLength, 16)
    t.is(new Pooled('8' as never).byteLength, 8)
    t.is(new (Pooled as never as new () => SharedArrayBuffer)().byteLength, 0)
    t.throws(() => new Pooled(-1), { instanceOf: RangeError })
  })
  t.deepEqual(operations.calls, [])
})

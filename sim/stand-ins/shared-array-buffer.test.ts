import test from 'ava'
import { createFakeHost, createFakeOperations, during } from './fake-host.test.support.js'
import { createSharedArrayBuffer } from './shared-array-buffer.js'

test('shared-array-buffer: in an execution it comes from the pool, outside it is fresh', (t) => {
  const operations = createFakeOperations()
  const StandIn = createSharedArrayBuffer(operations)
  t.is(new StandIn(8).byteLength, 8)
  t.deepEqual(operations.calls, [])
  const buffer = during(createFakeHost('setup'), () => new StandIn(16))
  t.is(buffer.byteLength, 16)
  t.true(buffer instanceof StandIn)
  t.true(buffer instanceof SharedArrayBuffer)
  t.true(new SharedArrayBuffer(1) instanceof StandIn)
  t.deepEqual(operations.calls, ['takeBuffer 16'])
})

test('shared-array-buffer: what the pool cannot give is the real thing', (t) => {
  const operations = createFakeOperations()
  const StandIn = createSharedArrayBuffer(operations)
  class Named extends StandIn {}
  during(createFakeHost(), () => {
    t.true(new Named(8) instanceof Named)
    t.is(new (StandIn as never as new (n: number, o: object) => SharedArrayBuffer & { maxByteLength: number })(8, { maxByteLength: 16 }).maxByteLength, 16)
    t.is(new StandIn('8' as never).byteLength, 8)
    t.throws(() => new StandIn(-1), { instanceOf: RangeError })
    t.throws(() => (StandIn as unknown as (n: number) => void)(8), { instanceOf: TypeError })
  })
  t.deepEqual(operations.calls, [])
})

import test from 'ava'
import type { HistoryEvent } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'

const event = (kind: HistoryEvent['kind'], peer: number, name = 'submit', data: unknown = []): HistoryEvent => ({
  kind,
  name,
  peer,
  incarnation: 0,
  step: 7,
  data,
})

test('calls in flight: from their invocation to their return or error', (t) => {
  const calls = new CallsInFlight()
  calls.begin()
  t.is(calls.note(event('invoke', 0, 'submit', ['x'])), undefined)
  t.is(calls.note(event('invoke', 1, 'flushBatch')), undefined)
  t.is(calls.count, 2)
  t.deepEqual(calls.of(0), { operation: 'submit', args: ['x'], step: 7 })
  t.true(calls.some(({ operation }) => operation === 'flushBatch'))
  t.is(calls.note(event('return', 0))?.operation, 'submit')
  t.is(calls.note(event('throw', 1))?.operation, 'flushBatch')
  t.is(calls.count, 0)
})

test('calls in flight: end with their peer, and all of them with the machine', (t) => {
  const calls = new CallsInFlight()
  calls.begin()
  for (const peer of [0, 1, 2]) calls.note(event('invoke', peer))
  calls.note(event('crash', 1))
  t.is(calls.of(1), undefined)
  t.is(calls.count, 2)
  calls.note(event('power failure', 27))
  t.is(calls.count, 0)
  t.false(calls.some(() => true))
})

test('calls in flight: of the execution before there are none', (t) => {
  const calls = new CallsInFlight()
  calls.note(event('invoke', 0))
  calls.begin()
  t.is(calls.count, 0)
})

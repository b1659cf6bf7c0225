import test from 'ava'
import type { HistoryEvent } from '../../sim/invariant.js'
import type { TraceStep } from '../../sim/outcome.js'
import { eventText, isFault, locationText, operationText, positionText } from './operation.js'

function step(operation: string, operands: string, result: string): TraceStep {
  return { operation, location: 'this.#words[2]', operands, result } as TraceStep
}

function event(kind: HistoryEvent['kind'], data: unknown = undefined): HistoryEvent {
  return { kind, name: 'take', peer: 0, incarnation: 2, step: 1, data }
}

test('operation: each kind in its own words', (t) => {
  const said = ([operation, operands, result]: readonly [string, string, string]) => operationText(step(operation, operands, result))
  t.is(said(['load', '', '7']), 'load words[2] → 7')
  t.is(said(['store', '7', '7']), 'store words[2] ← 7')
  t.is(said(['exchange', '7', '3']), 'exchange words[2] ← 7 was 3')
  t.is(said(['compareExchange', '0 → 1', '0']), 'cas words[2] 0 → 1 done')
  t.is(said(['compareExchange', '0 → 1', '2']), 'cas words[2] 0 → 1 failed, was 2')
  t.is(said(['compareExchange', '0 → 1', '']), 'cas words[2] 0 → 1')
  for (const operation of ['add', 'sub', 'and', 'or', 'xor']) t.is(said([operation, '5', '3']), `${operation} words[2] 5 was 3`)
  t.is(said(['wait', '0, 10 ms', 'timed-out']), 'wait words[2] 0, 10 ms → timed-out')
  t.is(said(['wait', '0', '']), 'wait words[2] 0')
})

test('operation: whose words they are is left out, and of a position the folder', (t) => {
  t.is(locationText('this.words[1]'), 'words[1]')
  t.is(locationText('pool.words[1]'), 'pool.words[1]')
  t.is(positionText({ file: 'src/deep/pool.ts', line: 41, column: 3 }), 'pool.ts:41')
  t.is(positionText({ file: 'C:\\src\\pool.ts', line: 41, column: 3 }), 'pool.ts:41')
  t.is(positionText(undefined), '')
})

test('event: each kind in its own words', (t) => {
  const texts: Readonly<Record<HistoryEvent['kind'], string>> = {
    event: 'take {slot: 1}',
    enter: 'enter take',
    leave: 'leave take',
    invoke: 'take({slot: 1})',
    return: 'take → {slot: 1}',
    throw: 'take threw {slot: 1}',
    crash: 'crashes',
    restart: 'restarts (incarnation 2)',
    'declared dead': 'is declared dead',
    'power failure': 'the power fails',
    'disk error': 'the disk errs: take',
  }
  for (const [kind, text] of Object.entries(texts)) t.is(eventText(event(kind as HistoryEvent['kind'], { slot: 1 })), text)
  t.is(eventText(event('event')), 'take')
  t.is(eventText(event('return')), 'take returned')
  t.is(eventText(event('throw', new RangeError('none left'))), 'take threw RangeError: none left')
  t.deepEqual(
    (Object.keys(texts) as HistoryEvent['kind'][]).filter((kind) => isFault(event(kind))),
    ['crash', 'restart', 'declared dead', 'power failure', 'disk error'],
  )
})

import test from 'ava'
import type { Coordinator } from './coordinator-view.js'
import { areEqual, copyState, stateText } from './state-copy.js'
import { HandMadeCoordinator } from './write-coordinator.test.kit.js'

function showing(inspected: unknown, fields: Partial<Coordinator> = {}) {
  const coordinator = new HandMadeCoordinator(fields)
  coordinator.inspect = () => inspected
  return copyState(coordinator)
}

test('state copy: equal states are equal, whatever they are made of', (t) => {
  const inspected = () => ({ chain: 7n, pending: [{ commitSeq: 1 }], index: new Map([[1, { seq: 2 }]]), bytes: new Uint8Array([1, 2]), gone: undefined })
  t.true(areEqual(showing(inspected()), showing(inspected())))
  t.true(areEqual(showing({ a: 1, gone: undefined }), showing({ a: 1 })))
})

test('state copy: every difference that can be seen is one', (t) => {
  const one = showing({ chain: 7n, pending: [{ commitSeq: 1 }], index: new Map([[1, 2]]), bytes: new Uint8Array([1]) })
  const others = [
    { chain: 8n, pending: [{ commitSeq: 1 }], index: new Map([[1, 2]]), bytes: new Uint8Array([1]) },
    { chain: 7n, pending: [{ commitSeq: 2 }], index: new Map([[1, 2]]), bytes: new Uint8Array([1]) },
    { chain: 7n, pending: [], index: new Map([[1, 2]]), bytes: new Uint8Array([1]) },
    { chain: 7n, pending: [{ commitSeq: 1 }], index: new Map([[1, 3]]), bytes: new Uint8Array([1]) },
    { chain: 7n, pending: [{ commitSeq: 1 }], index: new Map([[1, 2]]), bytes: new Uint8Array([2]) },
    { chain: 7n, pending: [{ commitSeq: 1 }], index: new Map([[1, 2]]), bytes: undefined },
  ]
  for (const other of others) t.false(areEqual(one, showing(other)))
  t.false(areEqual(showing([]), showing({})))
  t.false(areEqual(showing({}), showing({}, { pendingCount: 1 })))
})

test('state copy: a copy stays when what was shown changes', (t) => {
  const inspected = { pending: [{ commitSeq: 1 }], outcomes: new Map([[1, 1]]) }
  const before = showing(inspected)
  ;(inspected.pending[0] as { commitSeq: number }).commitSeq = 2
  inspected.outcomes.set(2, 2)
  t.false(areEqual(before, showing(inspected)))
  t.regex(stateText(before), /"inspected":\{"pending":\[\{"commitSeq":1\}\],"outcomes":\[\[1,1\]\]\}/)
})

// W2: three peers take a node from a stack and put it back, twice each.

import { scenario } from 'heddle'
import { lostNodes, PEERS, popPushTwice, STACK_BYTES, TaggedStack } from './tagged-stack.js'

export default scenario('W2 tagged stack, 3×2', {
  about: 'a stack of eight nodes whose head packs index and tag',
  peers: PEERS,
  setup: () => new TaggedStack(new SharedArrayBuffer(STACK_BYTES)),
  peer: popPushTwice,
  invariants: [{ name: 'every node is there once', atEnd: lostNodes }],
})

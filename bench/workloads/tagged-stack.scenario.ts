// W2: three peers take a node from a lock-free stack and put it back, twice each. The head packs the index of a node and a tag that
// rises with every change, without which a compare-and-swap could not tell an old head from a new one (Treiber 1986).

import { scenario } from 'heddle'

const PEERS = 3
const ROUNDS = 2
const NODES = 8
const NONE = -1

// Words of the memory: the head (tag in the high half, node in the low one), then for each node the one below it.
const HEAD = 0
const FIRST_NODE = 1

class TaggedStack {
  readonly words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory)
    for (let node = 0; node < NODES; node++) this.words[FIRST_NODE + node] = node + 1 < NODES ? node + 1 : NONE
  }

  /** The node that was on top, or NONE. */
  pop(): number {
    for (;;) {
      const head = Atomics.load(this.words, HEAD)
      const node = nodeOf(head)
      if (node === NONE) return NONE
      const below = Atomics.load(this.words, FIRST_NODE + node)
      if (Atomics.compareExchange(this.words, HEAD, head, nextHead(head, below)) === head) return node
    }
  }

  push(node: number): void {
    for (;;) {
      const head = Atomics.load(this.words, HEAD)
      Atomics.store(this.words, FIRST_NODE + node, nodeOf(head))
      if (Atomics.compareExchange(this.words, HEAD, head, nextHead(head, node)) === head) return
    }
  }
}

function nodeOf(head: number): number {
  return (head << 16) >> 16
}

/** The head that follows `head`: `node` on top, and the next tag. */
function nextHead(head: number, node: number): number {
  return (((head >>> 16) + 1) << 16) | (node & 0xffff)
}

function popPushTwice(stack: TaggedStack): void {
  for (let round = 0; round < ROUNDS; round++) {
    const node = stack.pop()
    if (node !== NONE) stack.push(node)
  }
}

/** Every node must be on the stack, once. */
function lostNodes({ words }: TaggedStack): string | undefined {
  let found = 0
  let count = 0
  for (let node = nodeOf(words[HEAD] as number); node !== NONE && count <= NODES; node = words[FIRST_NODE + node] as number) {
    found |= 1 << node
    count++
  }
  return found === (1 << NODES) - 1 && count === NODES ? undefined : `expected ${NODES} nodes, each once, got ${count} (set ${found.toString(2)})`
}

export default scenario('W2 tagged stack, 3×2', {
  about: 'a stack of eight nodes whose head packs index and tag',
  peers: PEERS,
  setup: () => new TaggedStack(new SharedArrayBuffer(4 * (FIRST_NODE + NODES))),
  peer: popPushTwice,
  invariants: [{ name: 'every node is there once', atEnd: lostNodes }],
})

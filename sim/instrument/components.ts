// Strongly connected components of a directed graph: what reaches each other. Source: Tarjan 1972.

/** The components of all that `roots` reach, each after those it reaches. `next` gives what a node reaches directly. */
export function components<T>(roots: readonly T[], next: (node: T) => readonly T[]): T[][] {
  const found: T[][] = []
  const stack: T[] = []
  const order = new Map<T, number>()
  const onStack = new Set<T>()

  /** Returns the lowest order reachable from `node` within its component. */
  const connect = (node: T): number => {
    const own = order.size
    order.set(node, own)
    stack.push(node)
    onStack.add(node)
    let lowest = own
    for (const reached of next(node)) {
      const known = order.get(reached)
      if (known === undefined) lowest = Math.min(lowest, connect(reached))
      else if (onStack.has(reached)) lowest = Math.min(lowest, known)
    }
    if (lowest === own) {
      const component = stack.splice(stack.indexOf(node))
      for (const member of component) onStack.delete(member)
      found.push(component)
    }
    return lowest
  }
  for (const root of roots) if (!order.has(root)) connect(root)
  return found
}

// Which of the state that survives executions can be changed in one: by a function that the scenario file reaches, through any number of modules.
// What each module mentions stands in module-reach.ts.

import type { GraphNode } from './module-graph.js'
import { ALL, type Foreign, LOADING } from './module-reach.js'
import type { Stateful } from './module-unit.js'

/** State of the modules that code reached from `entry` changes. Heddle looks at all that `entry` exports. */
export function reachedState(nodes: readonly GraphNode[], entry: GraphNode): (Stateful & { file: string })[] {
  const reached = new Reached(nodes, entry)
  return nodes.flatMap((node) =>
    node.unit.stateful.filter(({ by }) => by.some((name) => reached.has(node, name))).map((one) => ({ ...one, file: node.unit.author })),
  )
}

class Reached {
  /** Names of each module's top level. */
  readonly #names = new Map<GraphNode, Set<string>>()
  /** Exports that were asked for; {@link ALL} for all of them. */
  readonly #exports = new Map<GraphNode, Set<string>>()

  constructor(nodes: readonly GraphNode[], entry: GraphNode) {
    const mayReachAnything = nodes.some(({ unit }) => unit.requiresUnknown || unit.reach?.reachesAnything !== false)
    for (const node of nodes) {
      this.#reach(node, LOADING)
      if (node === entry) this.#reachExport(node, ALL)
      if (mayReachAnything) for (const name of Object.keys(node.unit.reach?.mentions ?? {})) this.#reach(node, name)
      // What is required, and what is imported while code runs, is given as a whole.
      for (const [link, edge] of node.edges.entries()) if (edge !== undefined && node.unit.links[link]?.kind !== 'import') this.#reachExport(edge, ALL)
    }
  }

  has(node: GraphNode, name: string): boolean {
    return node.unit.reach === undefined || this.#names.get(node)?.has(name) === true
  }

  #reach(node: GraphNode, name: string): void {
    if (!isNew(this.#names, node, name)) return
    const { reach } = node.unit
    for (const mentioned of own(reach?.mentions, name) ?? []) this.#reach(node, mentioned)
    this.#follow(node, own(reach?.imports, name))
  }

  #follow(node: GraphNode, foreign: Foreign | undefined): void {
    if (foreign === undefined) return
    const link = node.unit.links.findIndex(({ specifier, kind }) => specifier === foreign.specifier && kind === 'import')
    const target = node.edges[link]
    if (target !== undefined) this.#reachExport(target, foreign.name)
  }

  #reachExport(node: GraphNode, name: string): void {
    const { reach } = node.unit
    if (reach === undefined || !isNew(this.#exports, node, name)) return
    const found = name === ALL ? Object.values(reach.exports) : [own(reach.exports, name)]
    for (const one of found) {
      if (typeof one === 'string') this.#reach(node, one)
      else this.#follow(node, one)
    }
    // A name that is not the module's own may come through any of its stars.
    if (name === ALL || found[0] === undefined) for (const specifier of reach.stars) this.#follow(node, { specifier, name })
  }
}

function isNew(sets: Map<GraphNode, Set<string>>, node: GraphNode, name: string): boolean {
  let set = sets.get(node)
  if (set === undefined) {
    set = new Set()
    sets.set(node, set)
  }
  return set.size < set.add(name).size
}

/** Names are the user's: `toString` may be one. */
function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}

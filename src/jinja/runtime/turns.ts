/** How often loops have turned, in all templates, since a host was last asked for a pause. */
export const turns = { count: 0 }

/** Few enough that even turns of a hundred microseconds leave the host its say ten times a second. */
export const turnsBetweenPauses = 1000

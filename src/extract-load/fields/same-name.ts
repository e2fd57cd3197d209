/** Fields are told apart by their letters, in whatever case. */
export const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

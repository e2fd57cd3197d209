/** Names are kept in capitals, so that SQL without quotes finds them. */
export const storedName = (name: string) => name.toUpperCase()
export const quote = (name: string) => `"${storedName(name).replaceAll('"', '""')}"`

/** Where a template begins to be one; a comment alone makes a text one too. */
export const jinjaStart = /\{[{%#]/

/** Whether a text is a template. */
export const holdsJinja = (text: string) => jinjaStart.test(text)

/** Below which path the server is reached, as it wrote into the page: `/millrace`, or ''. */
export const basePath = document.querySelector<HTMLMetaElement>('meta[name="millrace-base"]')?.content ?? ''

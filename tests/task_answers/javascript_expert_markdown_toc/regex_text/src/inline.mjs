export function plainText(source) {
  return source
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/!?\[([^\]]*)\]\[[^\]]*\]/g, '$1')
    .replace(/<((?:https?|mailto):[^>]*)>/g, '$1')
    .replace(/<!--.*?-->/g, '')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/(\*{1,3}|_{1,3}|~~)(?=\S)(.*?\S)\1/g, '$2')
    .replace(/(\*{1,3}|_{1,3})(?=\S)(.*?\S)\1/g, '$2')
    .replace(/(`+)(.+?)\1/g, '$2')
    .replace(/\\([\\`*_[\]<>#])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

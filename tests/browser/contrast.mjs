// Texts that are hard to read: those whose contrast is below WCAG's level AA.

// Runs in the page. Returns a line for each visible text of too little contrast.
export function faintTexts() {
  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((value, index) => value * a + under[index] * (1 - a));
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = (element) => {
    const below = element.parentElement ? backgroundOf(element.parentElement) : [255, 255, 255];
    return over(parse(getComputedStyle(element).backgroundColor), below);
  };
  const faint = [];
  let checked = 0;
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!hasText || element.closest(".unseen, template, noscript") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const background = backgroundOf(element);
    const [lighter, darker] = [luminance(over(parse(style.color), background)), luminance(background)].sort((one, other) => other - one);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    checked += 1;
    if (contrast < (large ? 3 : 4.5)) faint.push(`${contrast.toFixed(2)} "${element.textContent.trim().slice(0, 40)}" in ${element.tagName}.${element.className}`);
  }
  return { faint, checked };
}

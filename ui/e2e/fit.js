// Runs in the page: everything that is cut off or sticks out at the side.
const width = document.documentElement.clientWidth;
const name = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''} "${(element.textContent ?? '').trim().slice(0, 40)}"`;
const found = [];
if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
for (const element of document.body.querySelectorAll('*')) {
  if (element.closest('.unseen, svg, dialog:not([open]), option')) continue;
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) continue;
  if (box.right > width + 1 || box.left < -1) found.push(`sticks out: ${name(element)}`);
  const style = getComputedStyle(element);
  const cuts = style.overflowX !== 'visible' || style.textOverflow === 'ellipsis';
  if (cuts && element.scrollWidth > element.clientWidth + 1) found.push(`cut off: ${name(element)}`);
}
return found;

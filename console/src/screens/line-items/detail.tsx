export function LineItemDetail() {
  return null;
}

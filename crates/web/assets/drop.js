// Lets editors drop a file anywhere on a page of the desk. The file goes to the form that tries a file.
// Without this script the form works with its button.

const form = document.querySelector("form[data-drop]");
const input = form?.querySelector("input[type=file]");
const hasFile = (event) => input && event.dataTransfer?.types.includes("Files");
const mark = (isOver) => form.classList.toggle("over", isOver);

addEventListener("dragover", (event) => {
  if (!hasFile(event)) return;
  // Otherwise the browser would leave the page and open the file.
  event.preventDefault();
  mark(true);
});
addEventListener("dragleave", (event) => { if (input && !event.relatedTarget) mark(false); });
addEventListener("drop", (event) => {
  if (!hasFile(event)) return;
  event.preventDefault();
  mark(false);
  const [file] = event.dataTransfer.files;
  if (!file) return;
  const one = new DataTransfer();
  one.items.add(file);
  input.files = one.files;
  form.requestSubmit();
});

// Sets the page going, once all of its parts are there.
if (data.map) explore(data.map);
document.documentElement.dataset.ready = "yes";

import '@fontsource-variable/plus-jakarta-sans/wght.css';
import './look.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target });

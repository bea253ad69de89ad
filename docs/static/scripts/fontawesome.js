// In place of the theme's file of this name, which draws its symbols a second time, in
// 1.5 MB: they are in its font as well.

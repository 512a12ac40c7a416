{ deep.value = "imported"; }
